/** The dead letters: what lies there, and sending it back to where it came from. */
@NullMarked
package dev.netbase.standalone.letters;

import org.jspecify.annotations.NullMarked;
