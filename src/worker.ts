import { launch } from './platform/boot/launch.js';

// Jobs alone, beside one or more processes with RONDA_ROLE=http.
await launch({ role: 'worker', product: async () => (await import('./product.js')).product });
