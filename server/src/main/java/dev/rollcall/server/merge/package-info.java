/// Merges the files of collectors into one, for analysis.
@NullMarked
package dev.rollcall.server.merge;

import org.jspecify.annotations.NullMarked;
