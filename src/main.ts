import { launch } from './platform/boot/launch.js';

// Requests, and jobs unless RONDA_ROLE says otherwise.
await launch({ product: async () => (await import('./product.js')).product });
