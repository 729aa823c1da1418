import type { PrivacyDesk } from '../../../instances/privacy-desk.ts';
import type { ProfileDesk } from '../../../instances/profile-desk.ts';

export interface ProfileRouteDeps {
  profiles: ProfileDesk;
  privacy: PrivacyDesk;
}
