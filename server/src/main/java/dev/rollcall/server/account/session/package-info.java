/// Who a request comes from: the cookie or token that it shows, and what is remembered of it. Uses
/// `definition` and `store`.
@NullMarked
package dev.rollcall.server.account.session;

import org.jspecify.annotations.NullMarked;
