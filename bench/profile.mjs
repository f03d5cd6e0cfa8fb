// A CPU profile of a server's process, from one message of its parent to the next. Opens in Chrome's developer tools.
import { Session } from 'node:inspector/promises';
import { writeFileSync } from 'node:fs';

export function takeProfiles() {
  let session = null;
  process.on('message', (message) => {
    if (message.profile !== undefined) void toggle(message.profile).then(() => process.send({ profiled: true }));
  });
  const toggle = async (file) => {
    if (session === null) {
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
      return;
    }
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    session.disconnect();
    session = null;
  };
}
