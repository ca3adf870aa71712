// The own account: who is signed in, and the password. Everybody reaches it, those who rate too.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isOfCrowd } from '../../../../src/studio/contract/platforms.ts';
import { homeOf, sessionQuery } from '../../api/session.ts';
import { SchemeSelect } from '../../layout/scheme-select.tsx';
import { SignOut } from '../../layout/sign-out.tsx';
import { useTitle } from '../../ui/page.tsx';
import { say } from '../../words/words.ts';
import { Password } from '../settings/password.tsx';
import '../../ui/kit.css';

export function Account() {
  useTitle(say('yourAccount'));
  const user = useQuery(sessionQuery).data?.user;
  if (!user) return null;
  const isGuest = isOfCrowd(user.email);
  return (
    <>
      <div>
        <h1>{say('yourAccount')}</h1>
        <p className="soft anywhere">
          {user.name}
          {!isGuest && `, ${user.email}`}
          {user.role !== 'rater' && `, ${user.role}`}
        </p>
      </div>
      {isGuest ? <p>{say('crowdAccount')}</p> : <Password />}
      <div className="row">
        <Link className="button" to={homeOf(user.role)}>
          {say('back')}
        </Link>
        <SignOut />
        <SchemeSelect />
      </div>
    </>
  );
}
