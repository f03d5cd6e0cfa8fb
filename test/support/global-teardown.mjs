export default async function globalTeardown() {
  await globalThis.rondaTestCluster?.stop();
}
