# Makes Python's own sockets refuse everything but AF_UNIX. This stands before run.py.
def _refuse_network():
    import sys
    path = sys.path[:]
    sys.path[:] = [each for each in path if each]
    import socket
    sys.path[:] = path
    if sys.version_info < (3, 8):
        sys.exit('initrunner: network_disabled needs Python 3.8 or newer')
    local = getattr(socket, 'AF_UNIX', None)
    names = ('socket.getaddrinfo', 'socket.gethostbyname', 'socket.gethostbyaddr')
    calls = ('socket.connect', 'socket.bind', 'socket.sendto', 'socket.sendmsg')
    def refuse(event, arguments):
        if event in names or (event in calls and arguments[0].family != local):
            raise PermissionError('network access is disabled for this tool')
    sys.addaudithook(refuse)
_refuse_network()
del _refuse_network
