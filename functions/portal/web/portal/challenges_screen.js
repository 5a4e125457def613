// All challenges of an App Space, live.

import { html } from './ui.js';
import { may } from './admin_session.js';
import { ChallengeTable } from './challenge_table.js';
import { Title } from './heading.js';
import { useLiveChallenges } from './live_challenges.js';
import { Loaded } from './load.js';
import { More } from './pages.js';
import { TestChallenge } from './test_challenge.js';

export function ChallengesScreen({ space }) {
  const live = useLiveChallenges(space);
  return html`
    <${Title} of=${space.name} test="challenges" actions=${may(space, 'sendChallenges') && html`<${TestChallenge} space=${space} />`}>
      Challenges
    <//>
    <p class="hint">The list follows what happens.</p>
    <${Loaded} of=${live}>${(items) => html`
      <${ChallengeTable} caption="Challenges, newest first" items=${items} space=${space} />
      <${More} pages=${live} />`}<//>`;
}
