import { Group, type Phone } from '@ryze/whatsapp-sandbox/client';
import { CODE, DEV_TEAM } from '../routes/group/examples.ts';

const VILLAGE = '120363406289005001@g.us';
const ART = '120363406289005074@g.us';
const FOREIGN = '120363406289005075@g.us';
const ZOO = '120363406289005076@g.us';
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString('base64');

/** Who lets himself be added to nothing. */
export const SHY = '5511666666666';
const RUI = '5511777777777';
const APPLICANT = '5511555555555';

/** The groups that the contract's examples name, made by the account itself. */
export async function exampleGroups(
  control: string,
  { own, joao, phone }: { own: Phone; joao: Phone; phone(number: string, name: string): Promise<Phone> },
) {
  const shy = await phone(SHY, 'Shy');
  await shy.act('privacy', { setting: 'groupadd', value: 'none' });
  await phone(APPLICANT, 'Lia');
  const members = [joao.number, RUI];
  const made = (subject: string, jid: string, options = {}) =>
    Group.make(control, own.number, subject, members, { jid, ...options });
  const devTeam = await made('Dev Team', DEV_TEAM, {
    inviteCode: CODE,
    description: 'Technical discussions',
  });
  await devTeam.act('picture', { jpeg: JPEG });
  const village = await made('Village', VILLAGE, { community: true });
  await village.act('link', { group: DEV_TEAM });
  const art = await made('Art', ART);
  const zoo = await made('Zoo', ZOO);
  await Group.make(control, joao.number, 'Not ours to link', [own.number], { jid: FOREIGN });
  return { control, devTeam, village, art, zoo };
}

type Undo = () => Promise<unknown>;
type World = { groups: Awaited<ReturnType<typeof exampleGroups>> };

/** Takes a group out of the community it is in. */
async function free(control: string, group: Group): Promise<void> {
  const { parent } = await group.state();
  if (parent) await Group.named(control, parent).act('unlink', { group: group.jid });
}

/** See `preparations`. */
export const groupPreparations: Record<string, (world: World) => Promise<Undo | undefined>> = {
  'PUT /api/group/update/:instance': async ({ groups: { devTeam } }) => {
    return async () => {
      await devTeam.act('subject', { subject: 'Dev Team' });
      await devTeam.act('description', { description: 'Technical discussions' });
    };
  },
  'POST /api/group/participants/:instance': async ({ groups: { devTeam } }) => {
    return () => devTeam.act('remove', { numbers: [APPLICANT] });
  },
  'GET /api/group/requests/:instance': async ({ groups: { devTeam } }) => {
    await devTeam.act('rules', { approval: true });
    await devTeam.act('join', { by: APPLICANT });
    return async () => {
      await devTeam.act('reject', { numbers: [APPLICANT] });
      await devTeam.act('rules', { approval: false });
    };
  },
  'POST /api/community/create/:instance': async ({ groups: { control, art } }) => {
    return () => free(control, art);
  },
  'POST /api/community/link/:instance': async ({ groups: { control, art } }) => {
    return () => free(control, art);
  },
  'POST /api/community/unlink/:instance': async ({ groups: { village, art, zoo } }) => {
    for (const { jid } of [art, zoo]) await village.act('link', { group: jid });
    return undefined;
  },
};
