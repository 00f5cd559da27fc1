/// The tables of a results file, as output_service has them: collectors write them, and merges join
/// them.
@NullMarked
package dev.rollcall.server.resultschema;

import org.jspecify.annotations.NullMarked;
