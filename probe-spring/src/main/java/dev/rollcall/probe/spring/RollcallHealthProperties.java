package dev.rollcall.probe.spring;

import dev.rollcall.probe.Show;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The settings below `rollcall.health`.
///
/// @param enabled whether there is any of this at all
/// @param path where health is asked for in a Servlet application; `/live` and `/ready` follow it
/// @param endpoint whether it can be asked for there
/// @param beforeLogin whether it is answered before any filter of the application, to everybody,
///   who then see whether all is well and nothing more
/// @param showComponents who sees which probes there are, where there is no Actuator to say so; as
///   `showDetails` where nothing is said
/// @param showDetails who sees why a probe is not well, where there is no Actuator to say so
/// @param roles who counts as authorized where there is no Actuator to say so; with none, whoever
///   has logged in
/// @param timeout how long a run of all probes may take
/// @param goClients whether the answer is such that go-philae's clients can read it: always 200
/// @param indicatorsAsProbes whether Spring's health indicators are probes too
/// @param probesAsIndicators whether probes are health indicators too, below `probes`
/// @param liveness names of the probes on which `/live` decides; they are no part of `/ready`
/// @param reported names of the probes that `/_health` shows and neither `/live` nor `/ready` asks
@ConfigurationProperties("rollcall.health")
public record RollcallHealthProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("/_health") String path,
    @DefaultValue("true") boolean endpoint,
    @DefaultValue("false") boolean beforeLogin,
    @Nullable Show showComponents,
    @DefaultValue("never") Show showDetails,
    @DefaultValue Set<String> roles,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("false") boolean goClients,
    @DefaultValue("true") boolean indicatorsAsProbes,
    @DefaultValue("true") boolean probesAsIndicators,
    @DefaultValue("livenessState") Set<String> liveness,
    @DefaultValue Set<String> reported) {}
