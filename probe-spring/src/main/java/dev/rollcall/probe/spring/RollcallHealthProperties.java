package dev.rollcall.probe.spring;

import dev.rollcall.probe.Show;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The settings under `rollcall.health`.
///
/// @param enabled switches everything on or off
/// @param path path of the endpoint in a Servlet application; `/live` and `/ready` follow it
/// @param endpoint whether the endpoint exists
/// @param beforeLogin whether it is answered before any filter of the application, to everybody,
///   and shows only whether all is healthy
/// @param showComponents without Actuator: who sees the list of probes; default as `showDetails`
/// @param showDetails without Actuator: who sees why a probe is unhealthy
/// @param roles without Actuator: who is authorized; if empty, everybody who has logged in
/// @param timeout maximum duration of a run of all probes
/// @param goClients whether the answer has the form for clients of go-philae: always 200
/// @param indicatorsAsProbes whether Spring's health indicators are probes too
/// @param probesAsIndicators whether probes are health indicators too, under `probes`
/// @param liveness names of the probes that decide on `/live` and not on `/ready`
/// @param reported names of the probes that are shown in `/_health` and decide on neither `/live`
///   nor `/ready`
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
