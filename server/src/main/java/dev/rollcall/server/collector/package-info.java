/// The collector: receives ping and traceroute results from many nodes, stores them in rotating
/// SQLite files, and sends the hops to the target pool.
@NullMarked
package dev.rollcall.server.collector;

import org.jspecify.annotations.NullMarked;
