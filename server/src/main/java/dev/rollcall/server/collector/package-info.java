/// The collector: takes ping and traceroute results from many nodes, keeps them in rotating SQLite
/// files, and feeds the hops it finds back.
@NullMarked
package dev.rollcall.server.collector;

import org.jspecify.annotations.NullMarked;
