/** Publishing and finding asset packages: the use cases and the ports they need. */
@NullMarked
package dev.netbase.api.asset.application;

import org.jspecify.annotations.NullMarked;
