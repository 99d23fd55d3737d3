// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// SoftHSM2, which is tokens in software.
public enum SoftHSM {
    /// Whether it is here.
    public static let isPresent: Bool = module != nil && tool != nil
    /// What a skipped test says.
    public static let absence: String = "SoftHSM2 is not installed (Debian: softhsm2)"

    /// The module, for URIs.
    public static let module: String? = [
        "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ].first { FileManager.default.fileExists(atPath: $0) }

    /// `softhsm2-util`, which makes tokens.
    public static let tool: String? = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        .map { $0 + "/softhsm2-util" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}

extension ChannelWorld {
    /// Makes the folder, and a token by that label in it, whose PIN is in the file `pin`.
    public static func withToken(_ label: String) async throws -> ChannelWorld {
        var world = try ChannelWorld()
        let pin = "4711"
        try world.write(Array((pin + "\n").utf8), to: "pin")
        try FileManager.default.createDirectory(
            atPath: world.path + "/tokens",
            withIntermediateDirectories: false
        )
        let settings = "directories.tokendir = \(world.path)/tokens\nobjectstore.backend = file\n"
        let file = try world.write(Array(settings.utf8), to: "softhsm2.conf")
        world.program.environment["SOFTHSM2_CONF"] = file
        let made = try await world.program.run(
            SoftHSM.tool ?? "softhsm2-util",
            ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345"]
        )
        try made.demandSuccess("softhsm2-util")
        return world
    }
}
