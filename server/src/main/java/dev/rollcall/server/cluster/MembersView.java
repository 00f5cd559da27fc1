package dev.rollcall.server.cluster;

import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// What the page of processes shows.
///
/// @param section the id of the section of the site to which it belongs
/// @param own the id of the process that answers
record MembersView(Whose whose, List<Member> members, String section, long own, Instant at) {}
