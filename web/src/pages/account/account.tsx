// The own account: who is signed in, and the password. Everybody reaches it, those who rate too.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { homeOf, sessionQuery } from '../../api/session.ts';
import { SignOut } from '../../layout/sign-out.tsx';
import { useTitle } from '../../ui/page.tsx';
import { Password } from '../settings/password.tsx';
import '../../ui/kit.css';

export function Account() {
  useTitle('Your account');
  const user = useQuery(sessionQuery).data?.user;
  if (!user) return null;
  return (
    <>
      <div>
        <h1>Your account</h1>
        <p className="soft">
          {user.name}, {user.email}, {user.role}
        </p>
      </div>
      <Password />
      <div className="row">
        <Link className="button" to={homeOf(user.role)}>
          Back
        </Link>
        <SignOut />
      </div>
    </>
  );
}
