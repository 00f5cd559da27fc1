/// The tables of a results file, as in output_service: collectors write them, and merges join them.
@NullMarked
package dev.rollcall.server.resultschema;

import org.jspecify.annotations.NullMarked;
