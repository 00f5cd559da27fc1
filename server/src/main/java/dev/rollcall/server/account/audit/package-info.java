/// Who changed what, when, and from where. Uses `definition` and `store`.
@NullMarked
package dev.rollcall.server.account.audit;

import org.jspecify.annotations.NullMarked;
