// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles

/// Where `serve` listens and what it writes; each stands before what the settings file says.
struct ServeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The address to listen on. (default: 127.0.0.1:8080; port 0 is a free one, for trials)",
            valueName: "host:port"
        )
    )
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Where others reach the server, if a proxy is in front of it.",
            valueName: "url"
        )
    )
    var publicURL: String?

    @Option(help: ArgumentHelp("The certificate chain, in PEM.", valueName: "file"), completion: .file())
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp("The certificate's private key, in PEM.", valueName: "file"),
        completion: .file()
    )
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Whose keys verify attestations of uploads: a Sigstore instance, whose keys are kept up to date, or a file.",
            valueName: "name|file"
        ),
        completion: .file()
    )
    var trustedRoot: String?

    @Option(
        help: ArgumentHelp(
            "The most that the packages of a channel may have, such as 50GiB, unless its own quota says otherwise.",
            valueName: "size"
        )
    )
    var channelBytes: QuotaArgument?

    @Option(
        help: ArgumentHelp(
            "The most packages that a channel may have, unless its own quota says otherwise.",
            valueName: "number"
        )
    )
    var channelFiles: QuotaArgument?

    @Option(
        help: ArgumentHelp(
            "What uploads leave free of the disk, such as 1GiB: beyond it they are answered with 507.",
            valueName: "size"
        )
    )
    var diskReserve: QuotaArgument?

    @Option(
        help: ArgumentHelp(
            "How many requests a second one address may send; 0 for any number.",
            valueName: "number"
        )
    )
    var requestsPerSecond: Int?

    @Option(help: "The form of the log on standard error.")
    var logFormat = LogFormatArgument.text

    func validate() throws {
        if let listen, ListenAddress.read(listen) == nil {
            throw ValidationError("--listen: `\(listen)` is not an address and a port such as `0.0.0.0:8080`")
        }
        if let publicURL {
            try UsageCheck.channel(publicURL, of: "--public-url")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together")
        }
        for (size, name) in [
            (channelBytes, "--channel-bytes"), (channelFiles, "--channel-files"),
            (diskReserve, "--disk-reserve"),
        ] where size != nil && size?.number == nil {
            throw ValidationError("\(name): expected a number, such as `50GiB`")
        }
        if let requestsPerSecond, !(0...1_000_000).contains(requestsPerSecond) {
            throw ValidationError("--requests-per-second: expected 0 to 1000000")
        }
        try UsageCheck.path(trustedRoot, of: "--trusted-root")
        try UsageCheck.path(tlsCertificate, of: "--tls-certificate")
        try UsageCheck.path(tlsKey, of: "--tls-key")
    }

    /// The settings of a server's folder, with what was given here.
    func settings(in directory: String) throws -> ServerSettings {
        var settings = try ServerSettings(directory: directory)
        if let (host, port) = listen.flatMap(ListenAddress.read) {
            settings.host = host
            settings.port = port
        }
        if let publicURL {
            settings.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        }
        if let trustedRoot {
            // A path on the command line starts where the user is.
            let isPath = trustedRoot.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }
            settings.trustedRoot = isPath ? try Folder.absolute(trustedRoot) : trustedRoot
        }
        if let bytes = channelBytes?.number { settings.quota.bytes = bytes }
        if let files = channelFiles?.number { settings.quota.files = files }
        if let bytes = diskReserve?.number { settings.limits.diskReserveBytes = Int(clamping: bytes) }
        if let requestsPerSecond { settings.limits.requestsPerSecond = requestsPerSecond }
        if let tlsCertificate, let tlsKey {
            settings.tls = ServerSettings.TLSFiles(certificate: tlsCertificate, key: tlsKey)
        }
        return settings
    }
}

/// The form of the log on the command line.
enum LogFormatArgument: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    var format: ServerLog.Format { self == .json ? .json : .text }
}
