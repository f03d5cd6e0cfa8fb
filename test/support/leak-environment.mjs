// Drops the databases of a test file that it did not drop itself, and fails the file when it left a connection open:
// a leak of one test is the mysterious failure of the next.
import { TestEnvironment } from 'jest-environment-node';

const REGISTRY = Symbol.for('ronda.test-databases');

export default class LeakEnvironment extends TestEnvironment {
  async handleTestEvent(event, state) {
    // After the file's own afterAll hooks; what is pushed here fails the file and keeps its results.
    if (event.name !== 'run_finish') return;
    for (const drop of [...(this.global[REGISTRY]?.values() ?? [])]) {
      try {
        await drop();
      } catch (error) {
        state.unhandledErrors.push(error);
      }
    }
  }
}
