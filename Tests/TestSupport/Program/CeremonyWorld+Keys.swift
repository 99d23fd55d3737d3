// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// The kinds of keys that authorities have.
extension CeremonyWorld {
    /// Whether all kinds can be made here.
    public static let hasAllKinds: Bool = SoftHSM.isPresent && SystemProgram.isPresent("openssl")
    /// What a skipped test says.
    public static let absence: String = "SoftHSM2 (Debian: softhsm2) or openssl is not installed"

    /// Makes authorities of whom the first has the key on a token, the second behind a command, and the others
    /// in encrypted files.
    public static func ofAllKinds(_ names: [String]) async throws -> CeremonyWorld {
        try await CeremonyWorld(names, in: ChannelWorld.withToken("vault")) { name, world in
            switch names.firstIndex(of: name) {
            case 0: try await tokenKey(name, world)
            case 1: try await commandKey(name, world)
            default: try await encryptedKeyFile(name, world)
            }
        }
    }

    /// A key file with a passphrase, in a folder of the authority's own.
    public static func encryptedKeyFile(_ name: String, _ world: ChannelWorld) async throws -> Authority {
        let secret = "\(name)/passphrase"
        try world.write(Array("the passphrase of \(name)\n".utf8), to: secret)
        try await world.must("root", "key", "\(name)/\(name)", "--passphrase-file", secret)
        return Authority(
            name: name,
            key: "\(name)/\(name).key",
            publicKey: "\(name)/\(name).pub",
            secretFile: secret
        )
    }

    /// Makes authorities as ``ofAllKinds(_:)`` does, all with Ed25519 keys; the third has hers in GnuPG.
    public static func ofAllKindsInEd25519(_ names: [String], _ home: GnuPGHome) async throws -> CeremonyWorld
    {
        var world = try await ChannelWorld.withToken("vault")
        world.program.environment["GNUPGHOME"] = home.path
        return try await CeremonyWorld(names, in: world) { name, world in
            switch names.firstIndex(of: name) {
            case 0: try await tokenKey(name, world, scheme: "ed25519")
            case 1: try await commandKeyInEd25519(name, world)
            case 2: try await gnuPGKey(name, world, home)
            default: try await encryptedKeyFile(name, world)
            }
        }
    }

    /// A key that GnuPG holds.
    public static func gnuPGKey(_ name: String, _ world: ChannelWorld, _ home: GnuPGHome) async throws
        -> Authority
    {
        try await world.must("root", "key", "\(name)/\(name)", "--gpg", home.fingerprint)
        return Authority(
            name: name,
            key: home.fingerprint,
            option: "--gpg",
            publicKey: "\(name)/\(name).pub"
        )
    }

    /// An Ed25519 key that only a script reads. OpenSSL wants to know the message's length, and so a file.
    public static func commandKeyInEd25519(_ name: String, _ world: ChannelWorld) async throws -> Authority {
        let script = """
            cd "$(dirname "$0")"
            cat > message
            exec openssl pkeyutl -sign -inkey in-the-service.pem -rawin -in message

            """
        try world.write(Array(script.utf8), to: "\(name)/sign-with-service")
        let made = try await world.program.runScript(
            """
            cd \(name)
            openssl genpkey -algorithm ed25519 -out in-the-service.pem
            openssl pkey -in in-the-service.pem -pubout -out \(name).pub
            """
        )
        try made.demandSuccess("openssl")
        return Authority(
            name: name,
            key: "exec:\(name)/\(name).pub sh \(name)/sign-with-service",
            publicKey: "\(name)/\(name).pub"
        )
    }

    /// A key on the token `vault` of a ``ChannelWorld/withToken(_:)``; ECDSA unless told otherwise.
    public static func tokenKey(_ name: String, _ world: ChannelWorld) async throws -> Authority {
        try await tokenKey(name, world, scheme: "ecdsa-sha2-nistp256")
    }

    private static func tokenKey(_ name: String, _ world: ChannelWorld, scheme: String) async throws
        -> Authority
    {
        let publicKey = "\(name)/\(name).pub"
        try world.write(world.read("pin"), to: "\(name)/pin")
        let made = try await world.must(
            [
                "token", "make-key", "pkcs11:token=vault?module-path=\(SoftHSM.module ?? "")",
                "--label", name, "--id", "01", "--scheme", scheme,
            ] + ["--public", publicKey, "--pin-file", "\(name)/pin", "--json"]
        )
        let uri = try made.json()["uri"]?.string ?? ""
        return Authority(name: name, key: uri, publicKey: publicKey, secretFile: "\(name)/pin")
    }

    /// An RSA key that only a script reads, which takes the part of a key service.
    public static func commandKey(_ name: String, _ world: ChannelWorld) async throws -> Authority {
        try world.write(Array(service.utf8), to: "\(name)/sign-with-service")
        let made = try await world.program.runScript(
            """
            cd \(name)
            openssl genrsa -out in-the-service.pem 2048
            openssl rsa -in in-the-service.pem -pubout -out \(name).pub
            """
        )
        try made.demandSuccess("openssl")
        return Authority(
            name: name,
            key: "exec:\(name)/\(name).pub sh \(name)/sign-with-service",
            publicKey: "\(name)/\(name).pub"
        )
    }

    private static let service = #"""
        cd "$(dirname "$0")"
        exec openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
            -sign in-the-service.pem

        """#
}
