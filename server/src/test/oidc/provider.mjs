// A provider of OpenID Connect for tests: oidc-provider, whose users sign in without a page.
//
// Its address is its first line of output. POST /test with JSON says who signs in from now on and how the provider
// behaves:
//   user       the claims of the user, `sub` among them
//   inIdToken  the names of claims that are in the ID token; the others are in the user info only
//   newKeys    signs with a new key, and forgets the old one
//   skew       how many seconds its clock is ahead
//   refuse     an error, such as access_denied, instead of a sign-in

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [clientId, clientSecret, ...redirects] = process.argv.slice(2);
const realNow = Date.now;
let test = { user: { sub: 'nobody' }, inIdToken: [], skew: 0 };
Date.now = () => realNow() + test.skew * 1000;

let issuer;
let provider;

function key() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'ES256' };
}

function made() {
  const made = new Provider(issuer, {
    jwks: { keys: [key()] },
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: redirects,
      response_types: ['code'],
      grant_types: ['authorization_code'],
      id_token_signed_response_alg: 'ES256',
    }],
    cookies: { keys: ['a key of tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups', 'realm_access'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    pkce: { methods: ['S256'], required: () => true },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, userinfo: { enabled: true } },
    interactions: { url: (ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: (use) => {
        const all = { ...test.user };
        if (use === 'id_token') {
          for (const name of Object.keys(all)) {
            if (name !== 'sub' && !test.inIdToken.includes(name)) {
              delete all[name];
            }
          }
        }
        return all;
      },
    }),
  });
  made.on('server_error', (ctx, error) => console.error(error));
  return made;
}

async function signIn(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (test.refuse) {
    return provider.interactionFinished(request, response, { error: test.refuse, error_description: 'as the test says' });
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: test.user.sub } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(['email', 'email_verified', 'groups', 'realm_access', 'name']);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } },
      { mergeWithLastSubmission: true });
}

async function change(request, response) {
  let text = '';
  for await (const part of request) {
    text += part;
  }
  test = { inIdToken: [], skew: 0, ...JSON.parse(text) };
  if (test.newKeys) {
    provider = made();
  }
  response.end();
}

const server = createServer((request, response) => {
  const fail = (error) => {
    console.error(error);
    response.statusCode = 500;
    response.end(String(error));
  };
  if (request.url === '/test') {
    change(request, response).catch(fail);
  } else if (request.url.startsWith('/sign-in/')) {
    signIn(request, response).catch(fail);
  } else {
    provider.callback()(request, response);
  }
});

server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  provider = made();
  console.log(issuer);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit()); // with the process that has started it
