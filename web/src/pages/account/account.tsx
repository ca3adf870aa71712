// The own account: who is signed in, and the password. Everybody reaches it, those who rate too.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { homeOf, sessionQuery } from '../../api/session.ts';
import { SignOut } from '../../layout/sign-out.tsx';
import { useTitle } from '../../ui/page.tsx';
import { say } from '../../words/words.ts';
import { Password } from '../settings/password.tsx';
import '../../ui/kit.css';

export function Account() {
  useTitle(say('yourAccount'));
  const user = useQuery(sessionQuery).data?.user;
  if (!user) return null;
  return (
    <>
      <div>
        <h1>{say('yourAccount')}</h1>
        <p className="soft">
          {user.name}, {user.email}, {user.role}
        </p>
      </div>
      <Password />
      <div className="row">
        <Link className="button" to={homeOf(user.role)}>
          {say('back')}
        </Link>
        <SignOut />
      </div>
    </>
  );
}
