/// The types of channels, a file for each, and what they share: requests, SMTP, the keys of URLs
/// and secrets.
@NullMarked
package dev.rollcall.server.channel.type;

import org.jspecify.annotations.NullMarked;
