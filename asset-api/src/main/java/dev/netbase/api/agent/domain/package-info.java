/** Agents: names for executable files with configuration of their own. */
@NullMarked
package dev.netbase.api.agent.domain;

import org.jspecify.annotations.NullMarked;
