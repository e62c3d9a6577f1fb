import { testKilledAtWrites } from './killed-at-writes.ts';

testKilledAtWrites('case 19: killed when a write is answered', 'answered');
