/// Sessions and API tokens: how they begin and end, who a request with one comes from, and what is
/// remembered of it. Uses `definition` and `store`.
@NullMarked
package dev.rollcall.server.account.session;

import org.jspecify.annotations.NullMarked;
