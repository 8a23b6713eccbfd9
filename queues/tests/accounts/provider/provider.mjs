// A hospital's directory: a real OpenID provider, as its documentation sets it up. It prints the
// port it was given, and ends with its standard input.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
// Whoever logs in says by their name who they are: `sub`, an address, and whether it is verified.
const PEOPLE = {
  nadia: { email: "Nadia@example.org", email_verified: true },
  moved: { email: "nadia@example.org", email_verified: true },
  liar: { email: "nadia@example.org", email_verified: false },
  stranger: { email: "stranger@example.org", email_verified: true },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: "nextpatient", client_secret: "a-secret-of-the-tests", redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    cookies: { keys: ["a-key-of-the-tests"] },
  });
  server.on("request", provider.callback());
  console.log(port);
});
process.stdin.resume().on("end", () => process.exit(0));
