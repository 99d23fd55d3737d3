// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Programs of the system that some tests need, and are skipped without.
public enum SystemProgram {
    /// Whether a program is where a run by ``Program`` finds it.
    public static func isPresent(_ name: String) -> Bool {
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }
}
