/// Capability: people with accounts, and how they show who they are: passwords, sessions, tokens.
/// Whose rows are whose is decided in `http` and `owner`.
@NullMarked
package dev.rollcall.server.account;

import org.jspecify.annotations.NullMarked;
