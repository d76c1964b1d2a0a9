/** Rules for texts that several features share. */
@NullMarked
package dev.netbase.api.platform.validation;

import org.jspecify.annotations.NullMarked;
