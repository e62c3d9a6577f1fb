import { testKilledAtWrites } from './killed-at-writes.ts';

testKilledAtWrites('case 19: killed when a write is done and not answered', 'after');
