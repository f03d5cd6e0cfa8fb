#!/usr/bin/env node
import 'reflect-metadata';
import { runCli } from './cli/run-cli.js';

// `ronda …`: commands for operators, on the machine that runs Ronda, and for whoever files, over HTTP.
await runCli({ product: async () => (await import('./product.js')).product });
