/// What a check is ([dev.rollcall.probe.Probe]), who runs many of them
/// ([dev.rollcall.probe.Prober]), and what `/_health` answers
/// ([dev.rollcall.probe.HealthEndpoint]).
@NullMarked
package dev.rollcall.probe;

import org.jspecify.annotations.NullMarked;
