// in: drivers/net/ethernet/intel/igbvf/vf.c

@ answer @
identifier f = e1000_reset_hw_vf;
@@
 f(...)
 {
 <...
-mdelay(...);
 ...>
 }
