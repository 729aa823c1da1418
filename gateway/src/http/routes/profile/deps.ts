import type { PrivacyDesk } from '../../../instances/profile/privacy-desk.ts';
import type { ProfileDesk } from '../../../instances/profile/profile-desk.ts';

export interface ProfileRouteDeps {
  profiles: ProfileDesk;
  privacy: PrivacyDesk;
}
