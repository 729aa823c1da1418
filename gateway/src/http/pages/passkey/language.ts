import type { Language } from './texts.ts';

const MOST_RANGES = 20;

/** The language that a browser's `Accept-Language` prefers among ours; English for all others. */
export function languageOf(header: string | undefined): Language {
  const ranges = (header ?? '')
    .split(',', MOST_RANGES)
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
      const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean);
      return { language: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { language } of ranges) if (language === 'pt' || language === 'en') return language;
  return 'en';
}
