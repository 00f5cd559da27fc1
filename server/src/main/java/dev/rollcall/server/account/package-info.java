/// Capability: people with accounts, and how they show who they are. What accounts are
/// (`definition`, `factor`, `oidc`), what is kept of them (`store`), who a request comes from
/// (`session`), what people do (`signin`, `sso`, `team`), what is recorded of it (`audit`), and how
/// they do it (`routes`, `page`). Whose rows are whose is decided in `http` and `owner`.
///
/// This package itself contains the entry point for the composition root, and may use all of these;
/// they do not use it.
@NullMarked
package dev.rollcall.server.account;

import org.jspecify.annotations.NullMarked;
