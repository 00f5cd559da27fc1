/// Registering and signing in, and what somebody does with their own account: passwords, second
/// factors, a forgotten password, the operator at the machine. For the API and for the pages. Uses
/// `definition`, `factor`, `store`, `audit`, `session` and `team`.
@NullMarked
package dev.rollcall.server.account.signin;

import org.jspecify.annotations.NullMarked;
