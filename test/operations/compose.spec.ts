import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const compose = ['docker-compose', 'docker'].find((program) => spawnSync(program, ['--version']).status === 0);
const args = compose === 'docker' ? ['compose'] : [];

// CI installs Debian's docker-compose (.ci/run); where neither program is, the run says that this was skipped.
(compose ? describe : describe.skip)('docker-compose.yml', () => {
  const file = path.join(root, 'docker-compose.yml');
  const config = (format: string[]) =>
    spawnSync(compose!, [...args, '-f', file, 'config', ...format], { encoding: 'utf8', cwd: root });

  it('is accepted as it is', () => {
    expect(config(['-q'])).toMatchObject({ status: 0, stderr: '' });
    expect(config(['--services']).stdout.trim().split('\n').sort()).toEqual([
      'api-1',
      'api-2',
      'database',
      'proxy',
      'worker',
    ]);
  });

  it('opens no port but the proxy’s, knows when each is well, and holds no secret', () => {
    const { stdout } = config([]);
    // One service after the other, as both programs print them.
    const services = stdout.slice(stdout.indexOf('services:'), stdout.search(/^(volumes|version):/m));
    const byName = new Map(
      services
        .split(/^ {2}(?=[\w-]+:$)/m)
        .slice(1)
        .map((text) => [text.split(':')[0]!, text]),
    );
    expect([...byName].filter(([, text]) => /^ {4}ports:/m.test(text)).map(([name]) => name)).toEqual(['proxy']);
    for (const [name, text] of byName) {
      expect({ name, isWatched: /^ {4}healthcheck:/m.test(text) || name.startsWith('api-') }).toEqual({
        name,
        isWatched: true,
      });
      expect(text).not.toMatch(/(PASSWORD|DATABASE_URL|DATABASE_SERVICE_URL|SECRET_KEYS?): /);
    }
    // The nodes' is the image's own.
    expect(readFileSync(path.join(root, 'Dockerfile'), 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  it('mounts what is there', () => {
    for (const [, mounted] of readFileSync(file, 'utf8').matchAll(/- \.\/(deploy\/[^:]+):/g))
      expect({ mounted, isThere: existsSync(path.join(root, mounted!)) }).toEqual({ mounted, isThere: true });
  });
});
