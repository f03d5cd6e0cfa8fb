import type { Provider, Type } from '@nestjs/common';
import { GroupReader } from './group.reader.js';

export const groupControllers: Type[] = [];
export const groupProviders: Provider[] = [GroupReader];
