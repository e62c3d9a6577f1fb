import { testKilledAtWrites } from './killed-at-writes.ts';

testKilledAtWrites('case 19: killed before a write reaches the API server', 'before');
