import { type Browser, chromium } from 'playwright-core';
import { installRequired } from '../cluster/packages.ts';

/** A system without any font shows no letter. */
const REQUIRED = [
  { package: 'chromium', provides: 'chromium' },
  {
    package: 'fonts-dejavu-core',
    provides: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  },
];

/** Debian's Chromium without a screen, installed where it is missing. */
export async function startChromium(): Promise<Browser> {
  await installRequired(REQUIRED, (text) => console.error(text), undefined);
  // Its sandbox is for pages of strangers, and needs rights that containers do not give.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}
