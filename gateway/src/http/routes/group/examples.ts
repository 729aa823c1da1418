/** The group of the examples, as its creator sees it. */
export const JOAO = {
  jid: '5511999999999@s.whatsapp.net',
  lid: '199789077627112@lid',
  isAdmin: true,
  isSuperAdmin: true,
};

export const DEV_TEAM = '120363406289005073@g.us';
export const CODE = 'ABC123XYZ';

export const exampleSettings = {
  membersCanEditInfo: true,
  membersCanSendMessages: true,
  membersCanAddOthers: false,
  requireAdminApproval: false,
};

export const exampleInvite = { inviteCode: CODE, inviteLink: `https://chat.whatsapp.com/${CODE}` };

/** `GroupInfo`; `linkedParentJid` only where a group is in a community. */
export const exampleInfo = {
  name: 'Dev Team',
  jid: DEV_TEAM,
  description: 'Technical discussions',
  ...exampleInvite,
  createdBy: JOAO.jid,
  participantCount: 3,
  participants: [JOAO],
  groupSettings: exampleSettings,
  isCommunity: false,
  isAnnounce: false,
  isDefaultSubGroup: false,
};
