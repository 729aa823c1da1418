import type { RouteExample } from '../../route.ts';
import { sentExample } from './example.ts';

/** Half a second of silence, Ogg/Opus. */
const VOICE_NOTE = [
  'T2dnUwACAAAAAAAAAAAAAAAAAAAAAEkq9qABE09wdXNIZWFkAQE4AYA+AAAAAABPZ2dTAAAAAAAAAAAAAAAAAAABAAAASZW+',
  'VAEuT3B1c1RhZ3MGAAAAZmZtcGVnAQAAABQAAABlbmNvZGVyPUxhdmMgbGlib3B1c09nZ1MABPheAAAAAAAAAAAAAAIAAAAd',
  '/x/pCQ8ODg4ODg4ODhgC+Y7I4c+Uvpce+oJusBgCKyzDjNgL1wW2vRDSGAIrLMOM2AvXBba9ENIYAissw4zYC9cFtr0Q0hgC',
  'KyzDjNgL1wW2vRDSGAIrLMOM2AvXBba9ENIYAissw4zYC9cFtr0Q0hgCKyzDjNgL1wW2vRDSGAIrLMOM2AvXBba9ENI=',
].join('');

export const mediaExample: RouteExample = {
  body: {
    number: '5511999999999',
    mediaType: 'audio',
    mediaBase64: VOICE_NOTE,
    replyTo: '3EB0A1B2C3D4E5F60718',
  },
  answer: sentExample('Media sent successfully', {
    messageId: '3EB08FCF27E532F1B0F6',
    messageType: 'audio',
    content: '',
    mediaUrl: 'https://mmg.whatsapp.net/v/t62.7117-24/1234_n.enc?ccb=11-4',
    mediaMimeType: 'audio/ogg; codecs=opus',
    mediaSize: 24817,
    mediaDuration: 12,
    replyTo: { messageId: '3EB0A1B2C3D4E5F60718' },
  }),
};
