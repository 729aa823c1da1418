import { describe } from 'vitest';
import { acceptsBodies, refusesBodies } from './testing/messages.ts';

const PATH = '/api/message/list/:instance';
const row = { id: 'fin', title: 'Finance' };
const section = { title: 'Office', rows: [row] };
const good = {
  number: '5511999999999',
  contentText: 'Choose',
  buttonText: 'Open',
  sections: [section],
};
const withSection = (fields: object) => ({ ...good, sections: [section, { ...section, ...fields }] });
const withRow = (fields: object) => withSection({ rows: [row, { ...row, ...fields }] });
const COUNT = 'Sections must contain between 1 and 10 items';
const ROWS = 'sections[1].rows must contain between 1 and 10 items';

describe('POST /api/message/list/:instance', () => {
  refusesBodies(PATH, good, [
    [{ ...good, contentText: null }, 'ContentText is required'],
    [{ ...good, buttonText: ' ' }, 'ButtonText is required'],
    [{ ...good, sections: undefined }, COUNT],
    [{ ...good, sections: [] }, COUNT],
    [{ ...good, sections: Array(11).fill(section) }, COUNT],
    [{ ...good, sections: {} }, 'Invalid request body: sections must be an array'],
    [withSection({ rows: undefined }), ROWS],
    [withSection({ rows: [] }), ROWS],
    [withSection({ rows: Array(11).fill(row) }), ROWS],
    [withSection({ title: undefined }), 'sections[1].title is required'],
    [withSection({ title: ' ' }), 'sections[1].title is required'],
    [{ ...good, sections: [{ rows: [row] }, section] }, 'sections[0].title is required'],
    [withRow({ id: '' }), 'sections[1].rows[1].id is required'],
    [withRow({ title: undefined }), 'sections[1].rows[1].title is required'],
    [withRow({ description: 1 }), 'Invalid request body: sections[1].rows[1].description must be a string'],
    [withRow({ title: 'x'.repeat(1_025) }), 'sections[1].rows[1].title must be at most 1024 characters'],
    [{ ...good, headerText: 1 }, 'Invalid request body: headerText must be a string'],
  ]);

  acceptsBodies(PATH, [
    ['one section without a title', { ...good, sections: [{ rows: [row] }] }],
    ['a hundred rows', { ...good, sections: Array(10).fill({ title: 'S', rows: Array(10).fill(row) }) }],
  ]);
});
