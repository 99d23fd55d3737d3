// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer

/// Where `serve` listens and what it writes; each stands before what the settings file says.
struct ServeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The address to listen on. (default: 127.0.0.1:8080; port 0 is a free one)",
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

    @Option(help: "The form of the log on standard error.")
    var logFormat = LogFormatArgument.text

    func validate() throws {
        if let listen, Self.read(listen) == nil {
            throw ValidationError("--listen: `\(listen)` is not an address and a port such as `0.0.0.0:8080`")
        }
        if let publicURL {
            try UsageCheck.channel(publicURL, of: "--public-url")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together")
        }
        try UsageCheck.path(tlsCertificate, of: "--tls-certificate")
        try UsageCheck.path(tlsKey, of: "--tls-key")
    }

    /// The settings of a server's folder, with what was given here.
    func settings(in directory: String) throws -> ServerSettings {
        var settings = try ServerSettings(directory: directory)
        if let (host, port) = listen.flatMap(Self.read) {
            settings.host = host
            settings.port = port
        }
        if let publicURL {
            settings.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        }
        if let tlsCertificate, let tlsKey {
            settings.tls = ServerSettings.TLSFiles(certificate: tlsCertificate, key: tlsKey)
        }
        return settings
    }

    /// `host:port`, where an IPv6 address is in brackets.
    private static func read(_ text: String) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), Int(port))
    }
}

/// The form of the log on the command line.
enum LogFormatArgument: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    var format: ServerLog.Format { self == .json ? .json : .text }
}
