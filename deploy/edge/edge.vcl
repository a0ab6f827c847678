vcl 4.1;

include "./origin.vcl";
include "./hls.vcl";
