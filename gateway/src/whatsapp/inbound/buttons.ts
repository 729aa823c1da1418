import type { proto } from '../proto.ts';
import type { Button } from './blocks.ts';
import type { Kind } from './content.ts';
import { interactiveMessage } from './native-flow.ts';

/** Buttons in their oldest form. */
export function buttons(message: proto.Message.IButtonsMessage): Kind {
  return withButtons(
    message.text,
    message.contentText,
    message.footerText,
    (message.buttons ?? []).map(buttonOf),
  );
}

function buttonOf({ buttonId, buttonText, nativeFlowInfo }: proto.Message.ButtonsMessage.IButton): Button {
  return {
    id: buttonId ?? '',
    displayText: buttonText?.displayText ?? '',
    type: nativeFlowInfo?.name ?? 'REPLY',
  };
}

/** Buttons of a template, as the business platform sends them. */
export function template(message: proto.Message.ITemplateMessage): Kind {
  if (message.interactiveMessageTemplate) return interactiveMessage(message.interactiveMessageTemplate);
  const hydrated = message.hydratedTemplate ?? message.hydratedFourRowTemplate ?? {};
  const { hydratedTitleText, hydratedContentText, hydratedFooterText, hydratedButtons } = hydrated;
  const shown = (hydratedButtons ?? []).map(templateButton);
  return withButtons(hydratedTitleText, hydratedContentText, hydratedFooterText, shown);
}

function templateButton({ quickReplyButton, urlButton, callButton }: proto.IHydratedTemplateButton): Button {
  const displayText = (quickReplyButton ?? urlButton ?? callButton)?.displayText ?? '';
  if (urlButton) return { id: urlButton.url ?? '', displayText, type: 'URL' };
  if (callButton) return { id: callButton.phoneNumber ?? '', displayText, type: 'CALL' };
  return { id: quickReplyButton?.id ?? '', displayText, type: 'REPLY' };
}

type Text = string | null | undefined;

function withButtons(title: Text, body: Text, footer: Text, shown: Button[]): Kind {
  return {
    type: 'buttons',
    content: body ?? '',
    interactive: {
      kind: 'buttons',
      title: title ?? '',
      body: body ?? '',
      footer: footer ?? '',
      buttons: shown,
    },
  };
}
